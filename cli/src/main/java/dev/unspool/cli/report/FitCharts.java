// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import dev.unspool.predict.TimeAxis;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The pictures of a fitted model. */
public final class FitCharts {
  private static final Color FAINT = new Color(0xc8c8c8);
  private static final Color DARK = new Color(0x303030);
  private static final double LEAST = 1e-300;

  private FitCharts() {}

  /**
   * Correlations by lag.
   *
   * @param firstLag lag of the first value
   * @param values one per lag
   * @param bound95 confidence bound
   * @param bound99 confidence bound
   */
  public record Correlogram(int firstLag, double[] values, double bound95, double bound99) {}

  /**
   * Errors of one start by iteration.
   *
   * @param best whether it is the one that was kept
   * @param iterations from 1
   * @param train one per iteration
   * @param validation one per iteration, NaN where there is none
   */
  public record Curve(
      boolean best, List<Long> iterations, List<Double> train, List<Double> validation) {}

  /**
   * Draws a simulation, against the measurement if there is one.
   *
   * @param png overwritten
   * @param measured of the same length as {@code rows}, or empty
   */
  public static void simulation(
      Path png,
      String title,
      String target,
      @Nullable TimeAxis axis,
      List<Long> rows,
      List<Double> measured,
      List<Double> simulated)
      throws IOException {
    String x = axis == null || rows.isEmpty() ? "row" : Charts.span(axis, rows, rows);
    XYChart chart = Charts.chart(title, x, target);
    XYSeries below = Charts.add(chart, "simulated", rows, simulated, Charts.ORANGE, axis);
    // Above, and with gaps, so that a simulation that agrees hides nothing and is not hidden.
    XYSeries above =
        measured.isEmpty() ? null : Charts.add(chart, "measured", rows, measured, DARK, axis);
    if (below != null && above != null) {
      below.setLineStyle(new BasicStroke(2.4f));
      above.setLineStyle(
          new BasicStroke(
              1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1f, new float[] {3f, 4f}, 0f));
    }
    Charts.save(png, chart);
  }

  /**
   * Draws the correlation of residuals with themselves, and below with an input.
   *
   * @param png overwritten
   */
  public static void residuals(
      Path png, String title, String input, Correlogram auto, Correlogram cross)
      throws IOException {
    Charts.save(
        png,
        correlogram(title + ", autocorrelation", "lag (rows)", auto),
        correlogram(
            title + ", correlation with input " + input,
            "lag (rows); above 0 the input comes first",
            cross));
  }

  private static XYChart correlogram(String title, String x, Correlogram values) {
    XYChart chart = Charts.chart(title, x, "correlation");
    int last = values.firstLag() + values.values().length - 1;
    bound(chart, "95 % confidence", values, last, values.bound95(), 4f);
    bound(chart, "99 % confidence", values, last, values.bound99(), 1.5f);
    var lags = new ArrayList<Double>();
    var sticks = new ArrayList<Double>();
    double largest = values.bound99();
    for (int i = 0; i < values.values().length; i++) {
      double value = values.values()[i];
      double lag = values.firstLag() + i;
      // A gap after each stick.
      lags.addAll(List.of(lag, lag, lag));
      sticks.addAll(List.of(0.0, value, Double.NaN));
      largest = Math.max(largest, Math.abs(value));
    }
    XYSeries series = chart.addSeries("correlation", lags, sticks);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(Charts.BLUE);
    series.setLineStyle(new BasicStroke(4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL));
    chart.getStyler().setXAxisMin(values.firstLag() - 1.0).setXAxisMax(last + 1.0);
    double top = largest >= 0.95 ? 1.05 : 1.2 * largest;
    boolean positive =
        IntStream.range(0, values.values().length)
            .allMatch(i -> values.values()[i] > -values.bound99());
    chart.getStyler().setYAxisMax(top);
    chart.getStyler().setYAxisMin(positive ? -Math.max(1.6 * values.bound99(), 0.1 * top) : -top);
    return chart;
  }

  private static void bound(
      XYChart chart, String name, Correlogram values, int last, double bound, float dash) {
    List<Double> ends = List.of(values.firstLag() - 1.0, last + 1.0);
    List<Double> gap =
        List.of(ends.getFirst(), ends.getLast(), ends.getLast(), ends.getFirst(), ends.getLast());
    XYSeries series = chart.addSeries(name, gap, List.of(bound, bound, Double.NaN, -bound, -bound));
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(Charts.ORANGE);
    series.setLineStyle(
        new BasicStroke(
            1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1f, new float[] {dash, dash}, 0f));
  }

  /**
   * Draws errors against iterations, the best start's last.
   *
   * @param png overwritten; not written if there is nothing to draw
   * @param unit of the errors
   * @param kept iteration of the best start whose weights were kept; marked where there is a
   *     validation error
   */
  public static void convergence(Path png, String unit, List<Curve> curves, int kept)
      throws IOException {
    XYChart chart = Charts.chart("Convergence", "iteration", unit);
    chart.getStyler().setYAxisLogarithmic(true);
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (Curve curve : curves) {
      for (List<Double> errors : List.of(curve.train(), curve.validation())) {
        for (double error : errors) {
          if (isDrawn(error)) {
            least = Math.min(least, error);
            most = Math.max(most, error);
          }
        }
      }
    }
    if (most > 0) {
      // Whole decades, because only those are labelled.
      chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
      chart.getStyler().setYAxisMax(Math.pow(10, Math.floor(Math.log10(most)) + 1));
    }
    chart.getStyler().setYAxisTickLabelsFormattingFunction(Numbers::of);
    int other = 0;
    for (Curve curve : curves) {
      if (!curve.best()) {
        other++;
        XYSeries series = positive(chart, "start " + other, curve, curve.train(), FAINT);
        if (series != null) {
          series.setLabel("other starts, training");
          series.setShowInLegend(other == 1);
        }
      }
    }
    for (Curve curve : curves) {
      if (curve.best()) {
        positive(chart, "training", curve, curve.train(), Charts.BLUE);
        positive(chart, "validation", curve, curve.validation(), Charts.ORANGE);
        int at = curve.iterations().indexOf((long) kept);
        if (at >= 0 && isDrawn(curve.validation().get(at))) {
          Charts.add(
              chart,
              "kept (iteration %s)".formatted(kept),
              List.of((long) kept),
              List.of(curve.validation().get(at)),
              DARK);
        }
      }
    }
    Charts.save(png, chart);
  }

  private static boolean isDrawn(double value) {
    return value > LEAST && Double.isFinite(value);
  }

  /** A logarithmic axis has no place for anything else. */
  private static @Nullable XYSeries positive(
      XYChart chart, String name, Curve curve, List<Double> values, Color color) {
    var x = new ArrayList<Long>();
    var y = new ArrayList<Double>();
    for (int i = 0; i < values.size(); i++) {
      double value = values.get(i);
      if (isDrawn(value)) {
        x.add(curve.iterations().get(i));
        y.add(value);
      }
    }
    return x.isEmpty() ? null : Charts.add(chart, name, x, y, color);
  }
}
