module crossfade.test/contour

go 1.24.0

require github.com/projectcontour/contour v1.32.0
