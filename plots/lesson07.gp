# Waterfall: the three forces of the bound, exact model of N(0,1) on S10.
eval terminal(0.75, 0.75)
sym = (format eq 'tex')
set style fill solid 0.85 border rgb 'black'
set boxwidth 0.8
set xrange [11.8:0.2]
set yrange [0:2.65]
set xtics out ('T' 11, '10' 10, '9' 9, '8' 8, '7' 7, '6' 6, '5' 5, '4' 4, '3' 3, '2' 2, '1' 1)
set xtics add (sym ? '$L_T$' : 'L_T' 11, sym ? '$L_0$' : 'L_0' 1)
set xlabel (sym ? 'step $t$ of the term $L_{t-1}$' : 'step t of the term L_{t−1}')
set ylabel 'running sum (nats)'
set grid ytics noxtics
unset key
H = 1.41893853
set arrow 1 from 11.8,H to 0.2,H nohead lt 5 lc rgb 'black' front
set label 1 'entropy of the data, 1.419' at 11.6,H+0.09 left front
set label 2 (sym ? '$L_T$: prior' : 'L_T: prior') at 11.6,0.16 left front
set label 3 'denoising, t = 10 .. 2' at 6.8,0.85 right front
set label 4 (sym ? '$L_0 = -0.884$' : 'L_0 = −0.884') at 0.4,2.45 right front
plot file('lesson07_waterfall') using 1:(0.5*($2+$3)):(0.4):(0.5*abs($3-$2)) every ::1::9 with boxxyerror lt 1 fc rgb '#56b4e9', \
     '' using 1:(0.5*($2+$3)):(0.4):(0.5*abs($3-$2)) every ::0::0 with boxxyerror lt 1 fc rgb '#222222', \
     '' using 1:(0.5*($2+$3)):(0.4):(0.5*abs($3-$2)) every ::10::10 with boxxyerror lt 1 fc rgb '#e69f00' fill pattern 4
