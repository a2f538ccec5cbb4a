// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.XYChart;

/** Draws errors by how far ahead a forecast looks. Loaded only when one is drawn. */
public final class HorizonChart {
  private static final List<Color> COLOURS =
      List.of(
          Charts.ORANGE,
          Charts.GREY,
          new Color(0x2ca02c),
          Charts.BLUE,
          new Color(0x9467bd),
          Color.BLACK);

  private HorizonChart() {}

  /**
   * Draws one chart a target.
   *
   * @param png overwritten; not written if there is nothing to draw
   * @param horizons of each target, by its name
   * @param errors of each target, by what has made them, the model first; of each as many as there
   *     are horizons, null where there is none
   */
  public static void draw(
      Path png,
      Map<String, List<Integer>> horizons,
      Map<String, Map<String, List<@Nullable Double>>> errors)
      throws IOException {
    var charts = new ArrayList<XYChart>();
    for (Map.Entry<String, Map<String, List<@Nullable Double>>> of : errors.entrySet()) {
      String target = of.getKey();
      XYChart chart = Charts.chart("Error by horizon", "rows ahead", "RMSE of " + target);
      List<Integer> ahead = horizons.getOrDefault(target, List.of());
      for (Map.Entry<String, List<@Nullable Double>> line : of.getValue().entrySet()) {
        add(chart, line.getKey(), ahead, line.getValue());
      }
      chart.getStyler().setYAxisMin(0.0);
      charts.add(chart);
    }
    Charts.save(png, charts.toArray(XYChart[]::new));
  }

  private static void add(
      XYChart chart, String name, List<Integer> ahead, List<@Nullable Double> values) {
    var x = new ArrayList<Long>();
    var y = new ArrayList<Double>();
    for (int i = 0; i < values.size(); i++) {
      Double value = values.get(i);
      if (value != null) {
        x.add(ahead.get(i).longValue());
        y.add(value);
      }
    }
    int colour = chart.getSeriesCollection().size() % COLOURS.size();
    Charts.add(chart, name, x, y, COLOURS.get(colour));
  }
}
