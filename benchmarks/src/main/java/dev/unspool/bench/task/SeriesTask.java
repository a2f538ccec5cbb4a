// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import dev.unspool.data.CsvFile;
import dev.unspool.data.Normalisation;
import dev.unspool.data.Range;
import dev.unspool.data.SeriesSource;
import dev.unspool.data.Split;
import dev.unspool.data.Table;
import dev.unspool.engine.BlockSource;
import dev.unspool.inference.Evaluation;
import dev.unspool.loss.Loss;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.network.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The last column of a table, forecast one row ahead from what came before. The first 70 % are
 * trained on, 10 % choose, the newest 20 % judge.
 */
final class SeriesTask implements Task {
  private static final int BLOCK = 256;

  /** Rows before a part with which the state is brought to where it belongs. */
  private static final long WARM_UP = 500;

  private final String name;
  private final Table table;
  private final Split split;
  private final Normalisation scale;
  private final SeriesSource.Builder series;

  private SeriesTask(String name, Table table) {
    List<String> columns = table.columns();
    this.name = name;
    this.table = table;
    this.split = Split.byFraction(table.rows(), 0.1, 0.2);
    this.scale = Normalisation.of(table, columns, split.train());
    this.series = SeriesSource.builder(table).inputs(columns).targets(columns).normalisation(scale);
  }

  /** The last column of a file; the caller closes the task. */
  static SeriesTask read(Path file) throws IOException {
    var csv = CsvFile.of(file);
    String name = String.valueOf(file.getFileName());
    int end = name.indexOf('.');
    return new SeriesTask(
        end > 0 ? name.substring(0, end) : name, csv.read(List.of(csv.header().getLast())));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String measure() {
    return "RMSE";
  }

  @Override
  public String reference() {
    double squares = 0;
    for (long row = split.test().from() + 1; row < split.test().to(); row++) {
      double change = table.get(row, 0) - table.get(row - 1, 0);
      squares += change * change;
    }
    double steps = split.test().length() - 1.0;
    return "the value of before " + Figures.of(Math.sqrt(squares / steps));
  }

  @Override
  public Input input() {
    return new Input.Numeric(1);
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public Loss loss() {
    return new MeanSquaredError();
  }

  @Override
  public BlockSource training(int lanes, long seed) {
    return series.range(split.train()).lanes(lanes).warmUp(0).build();
  }

  @Override
  public double validate(Model model, Parameters theta) {
    return evaluate(model, theta, split.valid());
  }

  @Override
  public double test(Model model, Parameters theta) {
    return Math.sqrt(evaluate(model, theta, split.test())) * scale.deviation(0);
  }

  private double evaluate(Model model, Parameters theta, Range range) {
    var unseen = series.range(range).lanes(1).warmUp(Math.min(WARM_UP, range.from())).build();
    return Evaluation.run(model, theta, unseen, loss(), BLOCK).loss();
  }

  @Override
  public void close() {
    table.close();
  }
}
