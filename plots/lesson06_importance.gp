# The K-sample bound between the ELBO and log p_theta(x_0).
eval terminal(1, 1)
sym = (format eq 'tex')
set logscale x
set xrange [1:300]
set yrange [-0.66:-0.36]
set ytics -0.65,0.05,-0.4
set xlabel (sym ? '$K$, weights averaged before the logarithm' : 'K, weights averaged before the logarithm')
set ylabel 'nats'
set key at graph 0.98,0.3 right center samplen 2.6
plot file('lesson06_importance') using 1:4 with lines lt 2 lw 3 title (sym ? '$\log p_\theta(x_0)$' : 'log p_θ(x_0)'), \
     '' using 1:2 with linespoints lt 1 lw 1.6 ps 1.2 title (sym ? '$E\log\frac{1}{K}\sum w_k$' : 'E log[(w_1 + ... + w_K)/K]'), \
     '' using 1:3 with lines lt 3 lw 3 title 'ELBO'
