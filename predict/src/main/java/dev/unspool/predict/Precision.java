// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

/** What the numbers of a model are rounded to where it is trained. */
public enum Precision {
  /** 24 binary digits: networks. */
  FLOAT32,
  /** 53 binary digits: models of plants, whose free runs are long. */
  FLOAT64;

  /** The nearest number that has so many digits. */
  public double round(double value) {
    return this == FLOAT32 ? (float) value : value;
  }
}
