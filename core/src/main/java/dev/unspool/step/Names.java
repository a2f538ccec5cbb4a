// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

/**
 * How the states and parameters of a part of a step are called.
 *
 * @param prefix before every name
 * @param layer that they belong to; negative: none
 */
record Names(String prefix, int layer) {
  static final Names PLAIN = new Names("", -1);

  Names layer(int number) {
    return new Names(prefix, number);
  }

  Names within(String name) {
    return new Names(prefix + name + ".", layer);
  }

  String state(String name) {
    return prefix + (layer < 0 ? name : new LayerName(name, layer).state());
  }

  String parameter(String name) {
    return prefix + (layer < 0 ? name : new LayerName(name, layer).parameter());
  }
}
