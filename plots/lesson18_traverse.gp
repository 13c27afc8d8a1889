# One noise level alone: the share that has crossed from the right bump to the left one.
eval terminal(1, 1)
sym = (format eq 'tex')
s = sym ? '$\sigma=' : (format eq 'dumb' ? 'sigma = ' : 'σ = ')
e = sym ? '$' : ''
set logscale x
set xrange [1:5000]
set yrange [-0.01:0.6]
set xtics 1,10,1000
set ytics 0,0.1,0.5
set xlabel (sym ? 'Langevin steps ($\eta=0.1\,\sigma^2$)' : (format eq 'dumb' ? 'Langevin steps (eta = 0.1 sigma^2)' : 'Langevin steps (η = 0.1 σ^2)'))
set ylabel 'share in the left bump' offset 0.5
set key at graph 0.02,0.98 left top Left reverse samplen 3.2
plot for [i=0:3] file('lesson18_traverse') index (3-i) using 1:2 with lines lt (i+1) lw 3.5 title s.word('8 2 1 0.5', i+1).e
