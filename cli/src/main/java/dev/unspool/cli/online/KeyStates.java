// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.model.Snapshot;
import dev.unspool.online.OnlineLearner;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What is known of each key, of as many as the learner remembers; who is heard least leaves. */
final class KeyStates {
  private final LinkedHashMap<String, KeyState> states;
  private final Supplier<KeyState> begin;

  /**
   * No key yet.
   *
   * @param most how many are remembered
   * @param begin makes the state of one that is not known
   */
  KeyStates(int most, Supplier<KeyState> begin) {
    this.begin = begin;
    this.states = new Recent(most);
  }

  /** The newest last: who is only looked at stays where it is. */
  private static final class Recent extends LinkedHashMap<String, KeyState> {
    @java.io.Serial private static final long serialVersionUID = 1;
    private final int most;

    Recent(int most) {
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, KeyState> eldest) {
      return size() > most;
    }
  }

  /** When the newest record of a key was, which is not heard by that. */
  long time(String key) {
    KeyState known = states.get(key);
    return known == null ? OnlineLearner.NO_TIME : known.time;
  }

  /** Whether a key was heard, and is remembered. */
  boolean knows(String key) {
    return states.containsKey(key);
  }

  /**
   * The state of a key that is heard, and begins if it is not known. To be called where the learner
   * hears it, too: both forget the same ones.
   */
  KeyState hear(String key) {
    KeyState state = states.get(key);
    if (state == null) {
      state = begin.get();
    }
    states.putLast(key, state);
    return state;
  }

  /** All in a few arrays: thousands of small ones would be slow to write. */
  void save(Snapshot into) {
    var names = new ByteArrayOutputStream();
    long[] lengths = new long[states.size()];
    long[] times = new long[states.size()];
    double[] numbers = new double[states.values().stream().mapToInt(KeyState::size).sum()];
    int number = 0;
    int at = 0;
    for (Map.Entry<String, KeyState> each : states.entrySet()) {
      byte[] name = each.getKey().getBytes(UTF_8);
      names.writeBytes(name);
      lengths[number] = name.length;
      times[number] = each.getValue().time;
      at = each.getValue().save(numbers, at);
      number++;
    }
    into.put("lengths", lengths);
    into.put("names", Bits.longs(names.toByteArray()));
    into.put("times", times);
    into.put("numbers", numbers);
  }

  void load(Snapshot from) {
    byte[] names = Bits.bytes(from.longs("names"));
    long[] lengths = from.longs("lengths");
    long[] times = from.longs("times");
    double[] numbers = from.doubles("numbers");
    int begins = 0;
    int at = 0;
    for (int number = 0; number < lengths.length; number++) {
      int end = begins + (int) lengths[number];
      KeyState state = hear(new String(Arrays.copyOfRange(names, begins, end), UTF_8));
      state.time = times[number];
      at = state.load(numbers, at);
      begins = end;
    }
  }
}
