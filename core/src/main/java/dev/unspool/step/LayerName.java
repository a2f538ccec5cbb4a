// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the arrays of a layer are called: states {@code layer2.h}, parameters {@code weight_ih_l2},
 * as in PyTorch. Whoever looks for a layer in a name asks here.
 *
 * @param name within the layer: {@code h}, {@code weight_ih}
 * @param layer counted from 0
 */
public record LayerName(String name, int layer) {
  private static final Pattern STATE = Pattern.compile("layer(?<layer>\\d{1,9})\\.(?<name>.+)");
  private static final Pattern PARAMETER = Pattern.compile("(?<name>.+)_l(?<layer>\\d{1,9})");

  /** Takes the name of a state apart; null if it is of no layer. */
  public static @Nullable LayerName ofState(String state) {
    return parse(STATE.matcher(state));
  }

  /** Takes the name of a parameter apart; null if it is of no layer. */
  public static @Nullable LayerName ofParameter(String parameter) {
    return parse(PARAMETER.matcher(parameter));
  }

  private static @Nullable LayerName parse(Matcher found) {
    return found.matches()
        ? new LayerName(found.group("name"), Integer.parseInt(found.group("layer")))
        : null;
  }

  /** {@code layer<l>.name}. */
  public String state() {
    return "layer" + layer + "." + name;
  }

  /** {@code name_l<l>}. */
  public String parameter() {
    return name + "_l" + layer;
  }
}
