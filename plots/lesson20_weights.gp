# One family of networks, two losses: excess error over eps* at each t.
eval terminal(0.72, 0.88)
sym = (format eq 'tex')
set logscale xy
set xrange [1:50]
set yrange [0.00008:0.2]
set xtics (1, 2, 5, 10, 20, 50)
set ytics ('0.0001' 0.0001, '0.001' 0.001, '0.01' 0.01, '0.1' 0.1)
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel (sym ? 'excess $E|\epsilon_\theta-\epsilon^*|^2$' : 'excess E|ε_θ - ε*|²') offset 0.5
set key outside center top horizontal Left reverse samplen 3.4
plot file('lesson20_weights') using 1:2 with lines lt 1 lw 3.2 title (sym ? 'optimum of $L_\mathrm{simple}$' : 'optimum of L_{simple}'), \
     '' using 1:3 with lines lt 2 lw 3.2 title 'optimum of the VLB'
