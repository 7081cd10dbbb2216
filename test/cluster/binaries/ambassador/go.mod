module crossfade.test/ambassador

go 1.24.0

require github.com/emissary-ingress/emissary/v3 v3.9.1
