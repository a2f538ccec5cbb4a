// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import dev.unspool.model.Snapshot;
import dev.unspool.optimizer.Optimizer;

public final class Adam implements Optimizer {
  private final float[] m;
  private final float[] v;
  private long n;

  public Adam(int size) {
    m = new float[size];
    v = new float[size];
  }

  @Override
  public void step(float[] theta, float[] g, double rate) {
    n++;
    for (int i = 0; i < theta.length; i++) {
      m[i] = 0.9f * m[i] + 0.1f * g[i];
      v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
      theta[i] -=
          (float)
              (rate
                  * (m[i] / (1 - Math.pow(0.9, n)))
                  / (Math.sqrt(v[i] / (1 - Math.pow(0.999, n))) + 1e-8));
    }
  }

  @Override
  public void save(Snapshot s) {
    s.put("n", n);
    s.put("m", m.clone());
    s.put("v", v.clone());
  }

  @Override
  public void load(Snapshot s) {
    n = s.number("n");
    System.arraycopy(s.floats("m"), 0, m, 0, m.length);
    System.arraycopy(s.floats("v"), 0, v, 0, v.length);
  }
}
