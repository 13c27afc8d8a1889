# The density of x_T for Cauchy data, with N(0,1).
eval terminal(0.8, 0.8)
sym = (format eq 'tex')
set logscale y
set xrange [0:8]
set yrange [1e-9:1]
set ytics 1e-8,100,1
set format y (sym ? '$10^{%T}$' : '10^{%T}')
set xlabel (sym ? '$x_T$' : 'x_T')
set ylabel 'density' offset 0.5
unset key
set label 1 'Cauchy data, BAD50' at 7.9,3.2e-2 right
set label 2 'Cauchy data, L1000' at 7.9,3e-4 right
set label 3 (sym ? '$N(0,1)$' : 'N(0,1)') at 5.75,4e-8 left
plot file('lesson02_cauchy') using 1:4 with lines lt 2, \
     '' using 1:3 with lines lt 1, \
     '' using 1:2 with lines lt 3
