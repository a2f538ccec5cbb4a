// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.onnx.Graph.Attribute;
import java.util.List;

/**
 * Arrays of the state in both of their shapes: lanes × width, and 1 × lanes × width as one of
 * several layers. Neither is made before it is needed.
 *
 * @param writer of the graph
 */
record StateArrays(GraphWriter writer) {
  /** The layers of what is layers × lanes × width. */
  List<Value> layers(String stacked, int count, int width) {
    var names =
        count == 1
            ? List.of(stacked)
            : writer.operators("Split", List.of(stacked), count, Attribute.of("axis", 0));
    return names.stream().map(name -> new Value(name, width, true, true)).toList();
  }

  /** One behind the other: layers × lanes × width. */
  String stacked(List<Value> layers) {
    var names = layers.stream().map(this::layer).toList();
    return names.size() == 1
        ? names.getFirst()
        : writer.operator("Concat", names, Attribute.of("axis", 0));
  }

  /** 1 × lanes × width. */
  String layer(Value state) {
    return state.layer() ? state.name() : reshaped("Unsqueeze", state);
  }

  /** lanes × width. */
  String flat(Value state) {
    return state.layer() ? reshaped("Squeeze", state) : state.name();
  }

  private String reshaped(String type, Value state) {
    return writer.operator(type, List.of(state.name(), writer.integers(0)));
  }
}
