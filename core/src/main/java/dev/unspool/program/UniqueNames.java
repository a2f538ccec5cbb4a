// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Names for what is written down in a {@link Language}, none of them given twice. */
public final class UniqueNames {
  private final Set<String> taken = new HashSet<>();
  private final Map<String, Integer> numbers = new HashMap<>();

  /** Whether something has that name. */
  public boolean isTaken(String name) {
    return taken.contains(name);
  }

  /** The name, with a number behind it if there is one of that name already. */
  public String fresh(String name) {
    String found = name;
    while (!taken.add(found)) {
      found = name + "_" + numbers.merge(name, 1, Integer::sum);
    }
    return found;
  }
}
