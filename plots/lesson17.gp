# What the network is asked (the cloud of targets) and what it learns (their mean at each x_sigma).
eval terminal(1, 1)
sym = (format eq 'tex')
set xrange [-4:4]
set yrange [-7:10.5]
set xtics -4,2,4
set ytics -6,3,6
set xlabel (sym ? '$x_\sigma$' : (format eq 'dumb' ? 'x + sigma eps' : 'x_σ = x + σε'))
set ylabel (sym ? 'target and score' : 'target and score') offset 1
set key at graph 0.99,0.99 right top samplen 2.4
plot file('lesson17_cloud') using 1:2 with points pt 7 ps 0.35 lc rgb '#7f9ab8' \
         title (sym ? 'targets $-\epsilon/\sigma$' : (format eq 'dumb' ? 'targets -eps/sigma' : 'targets −ε/σ')), \
     file('lesson17_score') index 1 using 1:2 with lines lt 2 lw 2.6 title 'score of the clean data', \
     file('lesson17_score') index 0 using 1:2 with lines lt 1 lw 4 lc rgb 'black' title 'their mean = score of the noisy data'
