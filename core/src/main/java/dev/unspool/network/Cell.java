// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.cell.Elman;
import dev.unspool.cell.Gru;
import dev.unspool.cell.Lstm;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import java.util.List;
import java.util.Locale;

/**
 * The recurrent cells. W_ih is gates·H × inputs, W_hh gates·H × H; the blocks of H rows stand in
 * the order of the gates as written here, which is PyTorch's.
 */
public enum Cell {
  /** Elman: {@code h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh)}. State: h. */
  RNN_TANH("h"),

  /** Elman with the rectifier: {@code h' = max(0, W_ih·x + b_ih + W_hh·h + b_hh)}. State: h. */
  RNN_RELU("h"),

  /**
   * Gated recurrent unit, gates r, z, n, with the reset gate inside the recurrent product. State:
   * h.
   *
   * <pre>{@code
   * r = σ(W_ir·x + b_ir + W_hr·h + b_hr)
   * z = σ(W_iz·x + b_iz + W_hz·h + b_hz)
   * n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn))
   * h' = (1 − z)·n + z·h
   * }</pre>
   */
  GRU("h"),

  /**
   * Long short-term memory, gates i, f, g, o. State: h and c.
   *
   * <pre>{@code
   * i = σ(W_ii·x + b_ii + W_hi·h + b_hi)
   * f = σ(W_if·x + b_if + W_hf·h + b_hf)
   * g = tanh(W_ig·x + b_ig + W_hg·h + b_hg)
   * o = σ(W_io·x + b_io + W_ho·h + b_ho)
   * c' = f·c + i·g
   * h' = o·tanh(c')
   * }</pre>
   */
  LSTM("h", "c");

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> stateArrays;

  Cell(String... stateArrays) {
    this.stateArrays = List.of(stateArrays);
  }

  /** Names of the state arrays of one layer; h, the output, comes first. */
  public List<String> stateArrays() {
    return stateArrays;
  }

  /** Number of gates: 1, 3 or 4. */
  public int gates() {
    return switch (this) {
      case RNN_TANH, RNN_RELU -> 1;
      case GRU -> 3;
      case LSTM -> 4;
    };
  }

  /** The name used on the command line and in files: {@code lstm}, {@code rnn-tanh}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The equations. */
  public RecurrentCell equations() {
    return switch (this) {
      case RNN_TANH -> new Elman(Signal::tanh);
      case RNN_RELU -> new Elman(Signal::relu);
      case GRU -> new Gru();
      case LSTM -> new Lstm();
    };
  }
}
