# The widget of From ELBO to L_simple: E|target|^2/D for the predictor 0.  Ring data, E x_0^2 = 0.5025.
# Also the first panel of lesson16.gp, which sets panel = 1.
if (!exists("panel")) panel = 0
if (!panel) eval terminal(0.75, 0.75)
sym = format eq 'tex'
text = format eq 'dumb'
set xlabel (sym ? '$t$' : 't')
set ylabel (sym ? '$E\,\|\mathrm{target}\|^2 / D$' : text ? 'E |target|^2 / D' : 'E |target|² / D')
set xrange [0:*]
set yrange [0:1.25]
set xtics auto
set ytics 0,0.5,1
set key default
set key spacing 1.15 bottom right Left reverse vertical maxrows auto width 1 samplen 3.2
set label 1 (sym ? 'said: $x_0$ balloons, $\mu$ has a kink' : text ? 'said: x_0 balloons, mu has a kink' : 'said: x₀ balloons, μ has a kink') \
    at graph 0.04,0.94 left textcolor rgb '#555555'
plot file('lesson16_zero_predictor') using 1:2 with lines lt 1 lw 3 title (sym ? '$\epsilon$' : text ? 'eps' : 'ε'), \
     '' using 1:4 with lines lt 6 lw 3 title (sym ? '$\tilde\mu_t$' : text ? 'mu' : 'μ̃'), \
     '' using 1:3 with lines lt 7 dt (10,4) lw 3 title (sym ? '$x_0$' : text ? 'x_0' : 'x₀')
