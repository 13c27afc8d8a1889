# Sixty-four samples of the trained network, ink on paper.
eval terminal(0.7, 1.05)
set palette defined (0 'white', 1 'black')
set cbrange [-1:1]
unset colorbox
unset border
unset tics
unset grid
unset key
set size ratio -1
set yrange [*:*] reverse
set lmargin 0.5
set rmargin 0.5
set tmargin 0.5
set bmargin 0.5
plot file('lesson25_samples') using 2:1:3 with image
