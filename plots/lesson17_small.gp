# How near the perturbed score is to that of the data, against sigma.
eval terminal(1, 1)
sym = (format eq 'tex')
set logscale xy
set xrange [0.02:0.8]
set yrange [0.001:300]
set xtics ('0.02' 0.02, '0.05' 0.05, '0.1' 0.1, '0.2' 0.2, '0.5' 0.5)
set ytics ('0.001' 0.001, '0.01' 0.01, '0.1' 0.1, '1' 1, '10' 10, '100' 100)
set xlabel (sym ? 'noise level $\sigma$' : (format eq 'dumb' ? 'noise level sigma' : 'noise level σ'))
set ylabel 'rms difference of scores' offset 0.5
set key at graph 0.5,0.99 center top samplen 3.4
plot file('lesson17_small') using 1:4 with lines lt 3 lw 3.5 title 'data are two points', \
     '' using 1:3 with lines lt 2 lw 3.5 title (sym ? 'smooth: $s_\sigma(x_\sigma)$ and $s(x)$' : (format eq 'dumb' ? 'smooth: s_sigma(x_sigma) and s(x)' : 'smooth: s_σ(x_σ) and s(x)')), \
     '' using 1:2 with lines lt 1 lw 3.5 title (sym ? 'smooth: both at $x_\sigma$' : (format eq 'dumb' ? 'smooth: both at x_sigma' : 'smooth: both at x_σ'))
