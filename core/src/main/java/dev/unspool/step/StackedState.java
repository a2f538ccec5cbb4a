// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.model.StateLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Arrays of the state that travel as one, in PyTorch's shape: what every layer carries, in the same
 * width, is one array of layers × lanes × width; everything else stands for itself, lanes × width.
 *
 * @param name {@code h} of {@code layer0.h}, {@code layer1.h}, …; else that of the array
 * @param width of each array
 * @param stacked whether there is an extent for layers
 * @param arrays names of the arrays of the model, from the first layer to the last
 */
public record StackedState(String name, int width, boolean stacked, List<String> arrays) {
  /** Copies the list. */
  public StackedState {
    arrays = List.copyOf(arrays);
  }

  /** All arrays of a state, in the order in which they first stand there. */
  public static List<StackedState> of(StateLayout state) {
    var groups = new LinkedHashMap<String, List<StateLayout.Entry>>();
    int layers = 0;
    for (var array : state.arrays()) {
      LayerName layered = LayerName.ofState(array.name());
      groups
          .computeIfAbsent(layered == null ? array.name() : layered.name(), _ -> new ArrayList<>())
          .add(array);
      layers = layered == null ? layers : Math.max(layers, layered.layer() + 1);
    }
    var all = new ArrayList<StackedState>();
    for (var group : groups.entrySet()) {
      if (isInEachLayer(group.getKey(), group.getValue(), layers)) {
        all.add(
            new StackedState(
                group.getKey(),
                group.getValue().getFirst().size(),
                true,
                group.getValue().stream().map(StateLayout.Entry::name).toList()));
      } else {
        for (var array : group.getValue()) {
          all.add(new StackedState(array.name(), array.size(), false, List.of(array.name())));
        }
      }
    }
    return all;
  }

  private static boolean isInEachLayer(String name, List<StateLayout.Entry> arrays, int layers) {
    boolean each = layers > 0 && arrays.size() == layers;
    for (int layer = 0; each && layer < layers; layer++) {
      each =
          arrays.get(layer).name().equals(new LayerName(name, layer).state())
              && arrays.get(layer).size() == arrays.getFirst().size();
    }
    return each;
  }
}
