// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

/** The parameters of one layer of PyTorch's cells, in PyTorch's order and under its names. */
public enum CellParameter {
  /** The matrix of the input, gates·H × inputs. */
  INPUT_WEIGHT("weight_ih"),
  /** The matrix of the state, gates·H × H. */
  RECURRENT_WEIGHT("weight_hh"),
  /** The bias beside the input, gates·H. */
  INPUT_BIAS("bias_ih"),
  /** The bias beside the state, gates·H. */
  RECURRENT_BIAS("bias_hh");

  private final String label;

  CellParameter(String label) {
    this.label = label;
  }

  /** Its name within the layer. */
  public String label() {
    return label;
  }

  /** Whether that is the name of one of these within its layer. */
  public static boolean isOne(String name) {
    for (CellParameter parameter : values()) {
      if (parameter.label.equals(name)) {
        return true;
      }
    }
    return false;
  }
}
