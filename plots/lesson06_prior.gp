# Correlations of the latent variables x_1 .. x_T under the model: the prior of the DDPM as a VAE.
eval terminal(0.9, 1)
sym = (format eq 'tex')
set size square
unset grid
set border 15
set xrange [0.5:50.5]
set yrange [0.5:50.5]
set xtics ('1' 1, '10' 10, '20' 20, '30' 30, '40' 40, '50' 50) out
set ytics ('1' 1, '10' 10, '20' 20, '30' 30, '40' 40, '50' 50) out
set xlabel (sym ? '$s$' : 's')
set ylabel (sym ? '$t$' : 't')
set cbrange [0:1]
set cbtics 0,0.25,1
set palette cubehelix start 0.3 cycles -0.9 saturation 0.9 negative
set cblabel (sym ? 'correlation of $x_s$ and $x_t$' : 'correlation of x_s and x_t')
unset key
plot file('lesson06_prior') using 1:2:3 with image
