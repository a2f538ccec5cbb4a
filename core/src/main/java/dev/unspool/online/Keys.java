// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All keys, of which there are not more than was allowed; in the order in which they were heard.
 */
final class Keys {
  private final Map<String, Key> byName = new HashMap<>();
  private final int most;
  private final Function<String, Key> maker;
  private final Counters counters;
  private @Nullable Key newest;
  private @Nullable Key oldest;

  Keys(int most, Function<String, Key> maker, Counters counters) {
    this.most = most;
    this.maker = maker;
    this.counters = counters;
  }

  /** How many there may be. */
  int most() {
    return most;
  }

  int size() {
    return byName.size();
  }

  @Nullable Key find(String name) {
    return byName.get(name);
  }

  /** The key of that name, which is the newest now; the oldest may be forgotten for it. */
  Key touch(String name) {
    Key key = newest;
    if (key == null || !key.name.equals(name)) {
      key = byName.get(name);
      if (key == null) {
        key = add(name);
      } else if (key != newest) {
        unlink(key);
        link(key);
      }
    }
    key.memory.touch();
    return key;
  }

  private Key add(String name) {
    if (oldest != null && byName.size() == most) {
      Key leaving = oldest;
      unlink(leaving);
      byName.remove(leaving.name);
      leaving.memory.forget();
      counters.forgotten();
    }
    Key key = maker.apply(name);
    byName.put(name, key);
    link(key);
    return key;
  }

  /** Forgets all of them, uncounted. */
  void clear() {
    for (Key key = oldest; key != null; key = key.newer) {
      key.memory.forget();
    }
    byName.clear();
    oldest = null;
    newest = null;
  }

  /** The key that was not heard of for longest; those after it by {@link Key#newer}. */
  @Nullable Key oldest() {
    return oldest;
  }

  private void link(Key key) {
    key.older = newest;
    key.newer = null;
    if (newest != null) {
      newest.newer = key;
    } else {
      oldest = key;
    }
    newest = key;
  }

  private void unlink(Key key) {
    if (key.newer != null) {
      key.newer.older = key.older;
    } else {
      newest = key.older;
    }
    if (key.older != null) {
      key.older.newer = key.newer;
    } else {
      oldest = key.newer;
    }
    key.newer = null;
    key.older = null;
  }
}
