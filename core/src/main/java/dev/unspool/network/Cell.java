// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.cell.Elman;
import dev.unspool.cell.Gru;
import dev.unspool.cell.LayerNorm;
import dev.unspool.cell.LayerNormGru;
import dev.unspool.cell.LayerNormLstm;
import dev.unspool.cell.Lru;
import dev.unspool.cell.Lstm;
import dev.unspool.cell.MinGru;
import dev.unspool.cell.MinLstm;
import dev.unspool.cell.PeepholeLstm;
import dev.unspool.cell.ProjectedLstm;
import dev.unspool.cell.Ring;
import dev.unspool.cell.Rtu;
import dev.unspool.cell.Slstm;
import dev.unspool.cell.VariationalDropout;
import dev.unspool.cell.Zoneout;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A recurrent cell with a name: {@link #LSTM}, one of {@link #named}, or one of your own, {@code
 * new Cell("mine", MyCell::write)}. Its equations stand in the cell's own file, and {@code
 * docs/cells.md} lists all of them.
 *
 * @param label the name that is used on the command line and in files, with what is said of the
 *     cell behind a colon: {@code lstm}, {@code rnn-tanh}, {@code lru:units=64}
 * @param equations what one layer computes
 */
public record Cell(String label, RecurrentCell equations) implements RecurrentCell {
  /** How each built-in cell is made of its parameters. */
  private static final Map<String, Function<CellOptions, RecurrentCell>> KINDS =
      new LinkedHashMap<>();

  /** Each with the parameters that it has where nothing is said. */
  private static final Map<String, Cell> BUILT_IN = new LinkedHashMap<>();

  /** {@link Elman} with tanh. */
  public static final Cell RNN_TANH = known("rnn-tanh", new Elman(Signal::tanh));

  /** {@link Elman} with the rectifier. */
  public static final Cell RNN_RELU = known("rnn-relu", new Elman(Signal::relu));

  /** {@link Gru}. */
  public static final Cell GRU = known("gru", new Gru());

  /** {@link Lstm}. */
  public static final Cell LSTM = known("lstm", new Lstm());

  static {
    known("peephole-lstm", new PeepholeLstm());
    known("projected-lstm", of -> new ProjectedLstm(of.count("size", 0)));
    known(
        "layernorm-lstm",
        of ->
            new LayerNormLstm(
                of.choice("over", LayerNorm.Over.TOGETHER),
                of.choice("cell", LayerNormLstm.CellNorm.OUTPUT)));
    known("layernorm-gru", of -> new LayerNormGru(of.choice("over", LayerNorm.Over.APART)));
    known(
        "slstm",
        of ->
            new Slstm(
                of.count("heads", 1),
                of.choice("forget", Slstm.Forget.SIGMOID),
                of.choice("norm", Slstm.Norm.GROUP)));
    known("mingru", new MinGru());
    known("minlstm", new MinLstm());
    known("lru", of -> new Lru(of.count("units", 0), ring(of)));
    known(
        "rtu",
        of ->
            new Rtu(
                of.choice("form", Rtu.Form.LINEAR),
                of.choice("activation", Rtu.Activation.TANH),
                ring(of)));
  }

  /** Checks the name. */
  public Cell {
    if (label.isBlank()) {
      throw new IllegalArgumentException("a cell needs a name");
    }
  }

  private static Cell known(String label, RecurrentCell equations) {
    return known(label, _ -> equations);
  }

  private static Cell known(String label, Function<CellOptions, RecurrentCell> kind) {
    KINDS.put(label, kind);
    var cell = new Cell(label, kind.apply(new CellOptions("")));
    BUILT_IN.put(label, cell);
    return cell;
  }

  /** What every cell can have. */
  private static RecurrentCell regularised(RecurrentCell cell, CellOptions of) {
    double zoneout = of.number("zoneout", 0);
    int redraw = of.count("redraw", 0);
    RecurrentCell kept = zoneout == 0 ? cell : new Zoneout(cell, zoneout);
    var dropped =
        new VariationalDropout(
            kept, of.number("input-dropout", 0), of.number("recurrent-dropout", 0), redraw);
    if (dropped.input() > 0 || dropped.recurrent() > 0) {
      return dropped;
    }
    if (redraw > 0) {
      throw new IllegalArgumentException(
          "redraw=%s draws again what recurrent-dropout or input-dropout has zeroed, and neither is said"
              .formatted(redraw));
    }
    return kept;
  }

  private static Ring ring(CellOptions of) {
    return new Ring(
        of.number("least", Ring.WHOLE.least()),
        of.number("largest", Ring.WHOLE.largest()),
        of.number("phase", Ring.WHOLE.phase()));
  }

  /** All built-in cells. */
  public static List<Cell> builtIn() {
    return List.copyOf(BUILT_IN.values());
  }

  /** Their names. */
  public static List<String> labels() {
    return List.copyOf(BUILT_IN.keySet());
  }

  /**
   * A built-in cell.
   *
   * @param text its name, and what is said of it: {@code lstm}, {@code lru:units=64:least=0.9},
   *     {@code gru:zoneout=0.1}; in any case
   * @throws IllegalArgumentException if there is none of that name, whose message lists those there
   *     are, or if it has no such parameter
   */
  public static Cell named(String text) {
    String[] parts = text.toLowerCase(Locale.ROOT).split(":", 2);
    Cell plain = BUILT_IN.get(parts[0]);
    if (plain == null) {
      throw new IllegalArgumentException(
          "'%s' is none of %s".formatted(text, String.join(", ", labels())));
    }
    if (parts.length == 1) {
      return plain;
    }
    if (parts[1].isEmpty()) {
      throw new IllegalArgumentException(
          "nothing is said behind the colon of '%s'; expected name=value, as in slstm:heads=4"
              .formatted(text));
    }
    var parameters = new CellOptions(parts[1]);
    var kind = Objects.requireNonNull(KINDS.get(parts[0]));
    RecurrentCell equations = regularised(kind.apply(parameters), parameters);
    parameters.requireAllKnown(parts[0]);
    return new Cell(parts[0] + ":" + parts[1], equations);
  }

  @Override
  public Signal write(Step s, Signal x, int hidden) {
    return equations.write(s, x, hidden);
  }

  @Override
  public int outputs(int hidden) {
    return equations.outputs(hidden);
  }

  /** The name. */
  @Override
  public String toString() {
    return label;
  }
}
