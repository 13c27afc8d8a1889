# Norm of the expected parameter gradient of a small tanh network whose last layer starts at 0: ring, S50.
eval terminal(0.75, 0.75)
sym = format eq 'tex'
text = format eq 'dumb'
set xlabel (sym ? '$t$' : 't')
set ylabel 'norm of the gradient'
set xrange [0:50]
set yrange [0:*]
set ytics 1
set offsets 0, 0, graph 0.15, 0
set key top center horizontal maxrows 1 samplen 2.6 Left reverse
plot file('lesson16_network') using 1:2 with lines lt 1 lw 3 title (sym ? '$\epsilon$' : text ? 'eps' : 'ε'), \
     '' using 1:4 with lines lt 6 lw 3 title (sym ? '$\tilde\mu_t$' : text ? 'mu' : 'μ̃'), \
     '' using 1:3 with lines lt 7 dt (10,4) lw 3 title (sym ? '$x_0$' : text ? 'x_0' : 'x₀')
