// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

/**
 * How the states and parameters of a part of a step are called.
 *
 * @param prefix before every name
 * @param stateLayer before the name of a state
 * @param parameterLayer after the name of a parameter
 */
record Names(String prefix, String stateLayer, String parameterLayer) {
  static final Names PLAIN = new Names("", "", "");

  Names layer(int layer) {
    return new Names(prefix, "layer" + layer + ".", "_l" + layer);
  }

  Names within(String name) {
    return new Names(prefix + name + ".", stateLayer, parameterLayer);
  }

  String state(String name) {
    return prefix + stateLayer + name;
  }

  String parameter(String name) {
    return prefix + name + parameterLayer;
  }
}
