# Gradient of |target - w x_t|^2 at w = 0, data N(0,1): its mean (thick) and its rms for one sample (thin).
# Also the second panel of lesson16.gp, which sets panel = 1.
if (!exists("panel")) panel = 0
if (!panel) eval terminal(0.75, 0.75)
sym = format eq 'tex'
text = format eq 'dumb'
set xlabel (sym ? '$t$' : 't')
set ylabel 'size of the gradient'
set xrange [0:*]
set yrange [0:5.8]
set xtics auto
set ytics 0,1,4
set key default
set key spacing 1.15 at graph 0.5,0.865 center top horizontal maxrows 1 samplen 2.6 Left reverse
set label 1 (sym ? 'said: $\epsilon$ is the well-scaled one' : text ? 'said: eps is the well-scaled one' : 'said: ε is the well-scaled one') \
    at graph 0.04,0.94 left textcolor rgb '#555555'
set label 2 'one sample (rms)' at graph 0.97, first 3.72 right
set label 3 'mean' at graph 0.4, first 0.3 center
plot file('lesson16_gradients') using 1:2 with lines lt 1 lw 3 title (sym ? '$\epsilon$' : text ? 'eps' : 'ε'), \
     '' using 1:4 with lines lt 6 lw 3 title (sym ? '$\tilde\mu_t$' : text ? 'mu' : 'μ̃'), \
     '' using 1:3 with lines lt 7 dt (10,4) lw 3 title (sym ? '$x_0$' : text ? 'x_0' : 'x₀'), \
     '' using 1:5 with lines lt 1 lw 1.4 notitle, \
     '' using 1:7 with lines lt 6 lw 1.4 notitle, \
     '' using 1:6 with lines lt 7 dt (10,4) lw 1.4 notitle
unset label 2
unset label 3
