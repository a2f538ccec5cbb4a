// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

/** A part of a {@link Network} around its layers, and how its parameters are called. */
public enum Part {
  /** The table of an index: {@code embedding.weight}. */
  EMBEDDING("embedding"),
  /** The linear map before the first layer: {@code input.weight}. */
  PROJECTION("input"),
  /** What goes from one layer to the next, normalised: {@code norm.0.weight}. */
  NORMALISATION("norm"),
  /** What leads a layer's input past it: {@code residual.0.weight}. */
  SHORTCUT("residual"),
  /** A layer of the head: {@code head.0.weight}. */
  HEAD("head"),
  /** The linear output: {@code output.weight}. */
  OUTPUT("output");

  private final String label;

  Part(String label) {
    this.label = label;
  }

  /** Before the names of its parameters. */
  public String label() {
    return label;
  }

  /** The same of one of several, counted from 0. */
  String label(int index) {
    return label + "." + index;
  }

  /** Name of its matrix. */
  public String weight() {
    return weight(label);
  }

  /** Name of its vector. */
  public String bias() {
    return bias(label);
  }

  /** Whether a parameter of a network belongs to it. */
  public boolean owns(String parameter) {
    return parameter.startsWith(label + ".");
  }

  static String weight(String label) {
    return label + ".weight";
  }

  static String bias(String label) {
    return label + ".bias";
  }
}
