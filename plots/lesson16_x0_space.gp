# What does balloon: an eps error read in x_0, beside the loss of a trained x_0 predictor, which is bounded.
# Also the third panel of lesson16.gp, which sets panel = 1.
if (!exists("panel")) panel = 0
if (!panel) eval terminal(0.75, 0.75)
sym = format eq 'tex'
text = format eq 'dumb'
set xlabel (sym ? '$t$' : 't')
set ylabel (sym ? 'squared error of $x_0$' : text ? 'squared error of x_0' : 'squared error of x₀')
set xrange [0:*]
set yrange [*:*]
set logscale y
set offsets 0, 0, graph 0.12, graph 0.3
set format y (sym ? '$10^{%T}$' : text ? '1e%T' : '10^{%T}')
set xtics auto
set ytics auto
set key default
set key spacing 1.15 bottom right Left reverse vertical maxrows auto samplen 3.2
set label 1 (sym ? 'true: an error of $\epsilon$ balloons in $x_0$' : text ? 'true: an error of eps balloons in x_0' : 'true: an error of ε balloons in x₀') \
    at graph 0.04,0.94 left textcolor rgb '#555555'
plot file('lesson16_x0_space') using 1:2 with lines lt 1 lw 3 title (sym ? '$\epsilon$ wrong by 1' : text ? 'eps wrong by 1' : 'ε wrong by 1'), \
     '' using 1:3 with lines lt 7 dt (10,4) lw 3 title (sym ? '$x_0$ network, trained' : text ? 'x_0 network, trained' : 'x₀ network, trained'), \
     '' using 1:4 with lines lc rgb '#888888' dt 1 lw 1.4 title (sym ? 'variance of $x_0$' : text ? 'variance of x_0' : 'variance of x₀')
