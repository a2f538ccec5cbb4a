// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.Steps;
import org.jspecify.annotations.Nullable;

/** A block that is filled from its beginning: each of its views is made once and then kept. */
final class FirstSteps {
  private final Steps whole;
  private final @Nullable Steps[] views;

  FirstSteps(int steps, int lanes, int features) {
    this.whole = Steps.allocate(steps, lanes, features);
    this.views = new @Nullable Steps[steps + 1];
  }

  Steps whole() {
    return whole;
  }

  /** The first {@code count} steps. */
  Steps of(int count) {
    Steps view = views[count];
    if (view == null) {
      view = whole.view(0, count);
      views[count] = view;
    }
    return view;
  }
}
