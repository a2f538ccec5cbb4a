// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.cell.Elman;
import dev.unspool.cell.Gru;
import dev.unspool.cell.Lstm;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A recurrent cell with a name: {@link #LSTM}, or one of your own, {@code new Cell("mine",
 * MyCell::write)}. Its equations stand in the cell's own file.
 *
 * @param label the name that is used on the command line and in files: {@code lstm}, {@code
 *     rnn-tanh}
 * @param equations what one layer computes
 */
public record Cell(String label, RecurrentCell equations) implements RecurrentCell {
  private static final Map<String, Cell> BUILT_IN = new LinkedHashMap<>();

  /** {@link Elman} with tanh. */
  public static final Cell RNN_TANH = known("rnn-tanh", new Elman(Signal::tanh));

  /** {@link Elman} with the rectifier. */
  public static final Cell RNN_RELU = known("rnn-relu", new Elman(Signal::relu));

  /** {@link Gru}. */
  public static final Cell GRU = known("gru", new Gru());

  /** {@link Lstm}. */
  public static final Cell LSTM = known("lstm", new Lstm());

  /** Checks the name. */
  public Cell {
    if (label.isBlank()) {
      throw new IllegalArgumentException("a cell needs a name");
    }
  }

  private static Cell known(String label, RecurrentCell equations) {
    var cell = new Cell(label, equations);
    BUILT_IN.put(label, cell);
    return cell;
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
   * @param label in any case
   * @throws IllegalArgumentException if there is none of that name; the message lists those there
   *     are
   */
  public static Cell named(String label) {
    Cell cell = BUILT_IN.get(label.toLowerCase(Locale.ROOT));
    if (cell == null) {
      throw new IllegalArgumentException(
          "'%s' is none of %s".formatted(label, String.join(", ", labels())));
    }
    return cell;
  }

  @Override
  public Signal write(Step s, Signal x, int hidden) {
    return equations.write(s, x, hidden);
  }

  /** The name. */
  @Override
  public String toString() {
    return label;
  }
}
