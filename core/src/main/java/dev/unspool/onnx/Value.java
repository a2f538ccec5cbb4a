// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

/**
 * A value of a graph.
 *
 * @param name in the graph
 * @param width its last extent, the units
 * @param rows whether it has extents before that: steps and lanes, or lanes alone in a scan
 * @param layer whether it is an array of the state as one of several layers: 1 × lanes × width
 */
record Value(String name, int width, boolean rows, boolean layer) {
  Value(String name, int width, boolean rows) {
    this(name, width, rows, false);
  }
}
