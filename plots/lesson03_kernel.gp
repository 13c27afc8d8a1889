# The reverse kernel at x_t = 0.3 in units of its own standard deviation.
eval terminal(1, 1)
sym = (format eq 'tex')
set xrange [-3.5:3.5]
set yrange [0:0.56]
set xtics -3,1,3
set ytics 0,0.1,0.5
set xlabel (sym ? '$(x_{t-1}-\mathrm{mean})/\mathrm{sd}$' : '(x_{t−1} − mean) / sd')
set ylabel 'density' offset 1
set key at graph 0.02,0.98 left top reverse Left samplen 2.6
normal(z) = exp(-z*z/2)/sqrt(2*pi)
b = sym ? '$\beta = ' : 'β = '
e = sym ? '$' : ''
plot normal(x) with lines lc rgb '#999999' lw 6 dt 1 title 'normal law', \
     file('lesson03_kernel') index 0 using 1:2 with lines lt 1 lw 3 title b.'0.5'.e, \
     '' index 1 using 1:2 with lines lt 2 lw 3 title b.'0.1'.e, \
     '' index 2 using 1:2 with lines lt 3 lw 3 title b.'0.01'.e
