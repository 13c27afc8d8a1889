# The horse race, three panels: what the text draws, what the parameters feel, what does balloon.
eval panels(3, 1.8, 0.75)
panel = 1
rows = rows_of(3, 1.8)
set multiplot layout rows, 3 / rows
load 'plots/lesson16_zero_predictor.gp'
load 'plots/lesson16_gradients.gp'
load 'plots/lesson16_x0_space.gp'
unset multiplot
