using System.Numerics;

namespace StyleTransfer.Core.Art;

/// <summary>A scene to try styles on: fruit, a bowl and a vase on a table by a window, as a camera would see them.</summary>
/// <remarks>Sphere tracing through a distance field, with soft shadows and darkened corners.</remarks>
internal static class FruitBowl
{
    private static readonly Vector3 Eye = new(0, 1.75f, -4.6f);
    private static readonly Vector3 Light = Vector3.Normalize(new Vector3(-0.72f, 0.75f, -0.42f));
    private static readonly Fruit[] InBowl =
    [
        new(new(-0.42f, 0.62f, -0.1f), 0.3f, 0), new(new(0.12f, 0.64f, -0.28f), 0.29f, 1), new(new(-0.12f, 0.7f, 0.3f), 0.31f, 0),
        new(new(0.44f, 0.62f, 0.1f), 0.28f, 2), new(new(0.0f, 0.95f, 0.02f), 0.25f, 2),
    ];

    private static readonly Fruit[] Loose =
    [
        new(new(-1.12f, 0.27f, -0.75f), 0.27f, 2), new(new(1.02f, 0.26f, -0.8f), 0.26f, 1), new(new(1.5f, 0.25f, -0.35f), 0.25f, 0),
    ];

    private static readonly Fruit[] Fruits = [.. InBowl, .. Loose];

    private static readonly Vector3[] Grapes = [.. Enumerable.Range(0, 22).Select(Grape)];

    public static void Paint(Canvas canvas)
    {
        canvas.CoverSmoothly(place => Look(new Vector2(place.X - canvas.Aspect / 2, 0.5f - place.Y)));
        canvas.Rework((place, colour) =>
        {
            Vector2 off = place - new Vector2(canvas.Aspect / 2, 0.5f);
            return colour * (1 - 0.3f * off.LengthSquared());
        });
        canvas.Grain(0.012f, 0.0022f, 311);
    }

    private static Vector3 Look(Vector2 place)
    {
        Vector3 forward = Vector3.Normalize(new Vector3(0.08f, 0.72f, 0) - Eye);
        Vector3 right = Vector3.Normalize(Vector3.Cross(Vector3.UnitY, forward));
        Vector3 up = Vector3.Cross(forward, right);
        Vector3 ray = Vector3.Normalize(forward * 1.42f + right * place.X + up * place.Y);
        float far = 0;
        for (int step = 0; step < 90 && far < 12; step++)
        {
            float free = Distance(Eye + ray * far);
            if (free < 0.0008f * far)
            {
                break;
            }

            far += free;
        }

        Vector3 point = Eye + ray * far;
        Vector3 normal = Normal(point, 0.0012f * far);
        (Vector3 colour, float gloss) = Material(point, ref normal);
        float facing = MathF.Max(0, Vector3.Dot(normal, Light));
        float shadow = facing > 0 ? Shadow(point + normal * 0.01f) : 0;
        float corner = Openness(point, normal);
        float sky = 0.5f + 0.5f * normal.Y;
        Vector3 bounce = new Vector3(0.34f, 0.22f, 0.14f) * MathF.Max(0, 0.4f - 0.6f * normal.Y) * MathF.Exp(-MathF.Max(0, point.Y));
        Vector3 light = new Vector3(1.55f, 1.36f, 1.1f) * facing * shadow + (new Vector3(0.2f, 0.25f, 0.34f) * (0.35f + sky) + bounce) * corner;
        Vector3 half = Vector3.Normalize(Light - ray);
        float shine = gloss * MathF.Pow(MathF.Max(0, Vector3.Dot(normal, half)), 20 + 160 * gloss) * (0.2f + shadow);
        float rim = gloss * 0.35f * MathF.Pow(1 - MathF.Max(0, -Vector3.Dot(normal, ray)), 4);
        Vector3 linear = colour * light + new Vector3(1, 0.97f, 0.9f) * shine * 1.6f + new Vector3(0.5f, 0.6f, 0.75f) * rim * corner;

        // A film's shoulder, then the display's curve.
        linear = linear * 1.12f / (Vector3.One + linear * 0.42f);
        return new Vector3(MathF.Pow(linear.X, 1 / 2.2f), MathF.Pow(linear.Y, 1 / 2.2f), MathF.Pow(linear.Z, 1 / 2.2f));
    }

    private static float Distance(Vector3 p)
    {
        float near = MathF.Min(p.Y, 2.6f - p.Z);
        if (p.Y > 2.3f || p.Z > 2.1f)
        {
            return MathF.Min(near, MathF.Max(0.15f, MathF.Max(p.Y - 2.1f, p.Z - 1.6f)));
        }

        if (Approaches(p, new(1.35f, 1.03f, 0.75f), 1.22f, ref near))
        {
            near = MathF.Min(near, Vase(p));
        }

        if (Approaches(p, new(0, 0.65f, 0), 1.12f, ref near))
        {
            near = MathF.Min(near, Filled(p));
        }

        if (Approaches(p, new(-1.75f, 0.2f, -0.2f), 0.75f, ref near))
        {
            near = MathF.Min(near, Bunch(p));
        }

        if (Approaches(p, new(0.05f, 0.03f, -1.28f), 0.78f, ref near))
        {
            near = MathF.Min(near, Knife(p));
        }

        foreach (Fruit fruit in Loose)
        {
            if (Approaches(p, fruit.Center, 1.9f * fruit.Radius, ref near))
            {
                near = MathF.Min(near, fruit.Distance(p));
            }
        }

        return near;
    }

    // Far from a thing, the ball around it says enough; near it, the thing itself must be asked.
    private static bool Approaches(Vector3 p, Vector3 center, float radius, ref float near)
    {
        float away = Vector3.Distance(p, center) - radius;
        if (away > 0.2f)
        {
            near = MathF.Min(near, away);
            return false;
        }

        return away < near;
    }

    private static float Filled(Vector3 p)
    {
        float near = Bowl(p);
        foreach (Fruit fruit in InBowl)
        {
            near = MathF.Min(near, fruit.Distance(p));
        }

        return near;
    }

    private static float Vase(Vector3 p)
    {
        Vector3 q = p - new Vector3(1.35f, 0, 0.75f);
        float r = MathF.Sqrt(q.X * q.X + q.Z * q.Z);
        float h = q.Y;
        float profile = 0.34f + 0.26f * MathF.Sin(1.75f * h + 0.35f) * Noise.Step(2.0f, 1.2f, h) + 0.16f * Noise.Step(1.6f, 2.05f, h) - 0.12f * Noise.Step(1.1f, 1.6f, h);
        float wall = MathF.Abs(r - profile) - 0.035f;
        return MathF.Max(MathF.Max(wall, h - 2.05f), -h) * 0.62f;
    }

    private static float Bowl(Vector3 p)
    {
        Vector3 q = p - new Vector3(0, 0.92f, 0);
        float shell = MathF.Abs(q.Length() - 0.92f) - 0.035f;
        float foot = MathF.Max(MathF.Abs(MathF.Sqrt(p.X * p.X + p.Z * p.Z) - 0.4f) - 0.05f, p.Y - 0.1f);
        return MathF.Min(MathF.Max(shell, q.Y + 0.36f), foot) * 0.9f;
    }

    private static float Bunch(Vector3 p)
    {
        float near = float.MaxValue;
        foreach (Vector3 grape in Grapes)
        {
            near = MathF.Min(near, Vector3.DistanceSquared(p, grape));
        }

        return MathF.Sqrt(near) - 0.115f;
    }

    private static float Knife(Vector3 p)
    {
        Vector3 q = p - new Vector3(0.05f, 0.045f, -1.28f);
        float along = 0.94f * q.X + 0.34f * q.Z;
        float across = -0.34f * q.X + 0.94f * q.Z;
        float thick = along > 0.15f ? 0.035f : 0.012f;
        float wide = along > 0.15f ? 0.05f : 0.07f * Noise.Step(-0.75f, -0.45f, along);
        Vector3 d = Vector3.Abs(new Vector3(along, q.Y, across)) - new Vector3(0.72f, thick, wide);
        return Vector3.Max(d, Vector3.Zero).Length() + MathF.Min(MathF.Max(d.X, MathF.Max(d.Y, d.Z)), 0) - 0.008f;
    }

    private static (Vector3 Colour, float Gloss) Material(Vector3 p, ref Vector3 normal)
    {
        Vector2 side = new(p.X + 0.3f * p.Z, p.Y);
        if (p.Z > 2.55f)
        {
            float plaster = Noise.Fractal(new Vector2(p.X, p.Y) / 0.9f, 4, 312);
            return (new Vector3(0.2f, 0.21f, 0.17f) * (1 + 0.25f * plaster), 0.02f);
        }

        if (p.Y < 0.014f)
        {
            float plank = p.X * 0.2f + p.Z * 1.15f;
            float grain = Noise.Fractal(new Vector2(p.X / 1.6f + 9 * MathF.Floor(plank), p.Z / 0.09f), 4, 313);
            float seam = Noise.Step(0.0f, 0.03f, MathF.Abs(plank - MathF.Round(plank)));
            float tone = 0.5f + 0.5f * Noise.At((int)MathF.Floor(plank), 0, 314);
            return (Vector3.Lerp(new(0.24f, 0.105f, 0.04f), new(0.43f, 0.22f, 0.09f), 0.5f + 0.6f * grain) * (0.75f + 0.4f * tone) * (0.35f + 0.65f * seam), 0.22f);
        }

        foreach (Fruit fruit in Fruits)
        {
            if (fruit.Distance(p) < 0.006f)
            {
                return fruit.Skin(p, ref normal);
            }
        }

        if (Bunch(p) < 0.006f)
        {
            float bloom = Noise.Fractal(side / 0.05f, 3, 315);
            return (Vector3.Lerp(new(0.07f, 0.02f, 0.1f), new(0.22f, 0.13f, 0.3f), 0.4f + 0.5f * bloom), 0.6f);
        }

        if (Vase(p) < 0.006f)
        {
            float crackle = Noise.Fractal(side / 0.3f, 4, 316);
            float band = MathF.Abs(p.Y - 1.1f - 0.04f * MathF.Sin(14 * MathF.Atan2(p.Z - 0.75f, p.X - 1.35f)));
            Vector3 glaze = Vector3.Lerp(new(0.03f, 0.14f, 0.2f), new(0.06f, 0.3f, 0.33f), 0.5f + 0.7f * crackle);
            return (band < 0.05f ? new Vector3(0.7f, 0.62f, 0.42f) : glaze, 0.85f);
        }

        if (Bowl(p) < 0.006f)
        {
            float stripe = p.Y is > 0.4f and < 0.47f ? 1 : 0;
            return (Vector3.Lerp(new(0.62f, 0.57f, 0.47f), new(0.08f, 0.16f, 0.36f), stripe), 0.7f);
        }

        bool isHandle = 0.94f * (p.X - 0.05f) + 0.34f * (p.Z + 1.28f) > 0.14f;
        return isHandle ? (new Vector3(0.1f, 0.045f, 0.02f), 0.4f) : (new Vector3(0.5f, 0.52f, 0.55f), 0.9f);
    }

    private static Vector3 Normal(Vector3 p, float step)
    {
        Vector2 e = new(1, -1);
        return Vector3.Normalize(
            new Vector3(e.X, e.Y, e.Y) * Distance(p + step * new Vector3(e.X, e.Y, e.Y))
            + new Vector3(e.Y, e.Y, e.X) * Distance(p + step * new Vector3(e.Y, e.Y, e.X))
            + new Vector3(e.Y, e.X, e.Y) * Distance(p + step * new Vector3(e.Y, e.X, e.Y))
            + new Vector3(e.X, e.X, e.X) * Distance(p + step * new Vector3(e.X, e.X, e.X)));
    }

    // A wide window: the nearer the ray passes something, the deeper the half-shade.
    private static float Shadow(Vector3 from)
    {
        float light = 1;
        float far = 0.03f;
        for (int step = 0; step < 28 && far < 4; step++)
        {
            float free = Distance(from + Light * far);
            light = MathF.Min(light, 0.5f + 5.5f * free / far);
            if (light < 0)
            {
                return 0;
            }

            far += Math.Clamp(free, 0.03f, 0.3f);
        }

        light = Math.Clamp(light, 0, 1);
        return light * light * (3 - 2 * light);
    }

    private static float Openness(Vector3 p, Vector3 normal)
    {
        float closed = 0;
        float weight = 1;
        for (int i = 1; i <= 4; i++)
        {
            float reach = 0.09f * i;
            closed += weight * (reach - Distance(p + normal * reach));
            weight *= 0.7f;
        }

        return Math.Clamp(1 - 1.25f * closed, 0.08f, 1);
    }

    private static Vector3 Grape(int i)
    {
        float layer = i < 12 ? 0 : i < 19 ? 1 : 2;
        float angle = i * 2.4f;
        float spread = (0.34f - 0.12f * layer) * MathF.Sqrt(Noise.At(i, 1, 317) * 0.7f + 0.3f);
        return new Vector3(-1.75f + 1.25f * spread * MathF.Cos(angle), 0.115f + 0.17f * layer, -0.2f + spread * MathF.Sin(angle));
    }

    /// <summary>Kind 0 is an apple, 1 an orange, 2 a pear.</summary>
    private sealed record Fruit(Vector3 Center, float Radius, int Kind)
    {
        public float Distance(Vector3 p)
        {
            Vector3 q = (p - Center) / Radius;
            float bound = q.Length();
            if (bound > 2.4f)
            {
                return (bound - 1.9f) * Radius;
            }

            float around = MathF.Sqrt(q.X * q.X + q.Z * q.Z);
            if (Kind == 0)
            {
                float dimple = 0.22f * MathF.Exp(-around * around / 0.09f) * MathF.Max(0, q.Y);
                float stem = MathF.Max(MathF.Sqrt(MathF.Pow(q.X - 0.1f * (q.Y - 0.8f), 2) + q.Z * q.Z) - 0.035f, MathF.Abs(q.Y - 1.02f) - 0.22f);
                return MathF.Min(bound - 1 + dimple + 0.06f * MathF.Max(0, -q.Y), stem) * Radius * 0.85f;
            }

            if (Kind == 1)
            {
                return (bound - 1) * Radius;
            }

            float top = (q - new Vector3(0.12f, 0.95f, 0)).Length() - 0.48f;
            float body = bound - 0.98f;
            float blend = Math.Clamp(0.5f + 0.5f * (top - body) / 0.6f, 0, 1);
            float pear = Noise.Mix(top, body, blend) - 0.6f * blend * (1 - blend);
            float stalk = MathF.Max(MathF.Sqrt(MathF.Pow(q.X - 0.2f, 2) + q.Z * q.Z) - 0.04f, MathF.Abs(q.Y - 1.5f) - 0.2f);
            return MathF.Min(pear, stalk) * Radius * 0.85f;
        }

        public (Vector3 Colour, float Gloss) Skin(Vector3 p, ref Vector3 normal)
        {
            Vector3 q = (p - Center) / Radius;
            Vector2 around = new(MathF.Atan2(q.Z, q.X) + Center.X * 3, q.Y);
            float streak = Noise.Fractal(around / new Vector2(0.22f, 1.1f), 3, 318);
            float speck = Noise.Smooth(around / 0.06f, 319);
            bool isStem = Kind == 0 ? q.Y > 0.86f && MathF.Abs(q.X) + MathF.Abs(q.Z) < 0.2f : Kind == 2 && q.Y > 1.38f;
            if (isStem)
            {
                return (new Vector3(0.1f, 0.055f, 0.02f), 0.05f);
            }

            if (Kind == 1)
            {
                Vector3 pore = new(Noise.Smooth(around / 0.07f, 320), Noise.Smooth(around / 0.07f, 321), Noise.Smooth(new Vector2(q.X, q.Y) / 0.07f, 322));
                normal = Vector3.Normalize(normal + 0.16f * pore);
                return (new Vector3(0.84f, 0.31f, 0.035f) * (0.92f + 0.1f * streak), 0.4f);
            }

            float blush = Noise.Step(-0.3f, 0.6f, streak + 0.35f * q.X + 0.1f * speck);
            return Kind == 0
                ? (Vector3.Lerp(new(0.62f, 0.5f, 0.1f), new(0.56f, 0.035f, 0.03f), 0.35f + 0.65f * blush), 0.62f)
                : (Vector3.Lerp(new(0.47f, 0.48f, 0.09f), new(0.58f, 0.33f, 0.08f), blush) * (1 - (speck > 0.62f ? 0.3f : 0)), 0.32f);
        }
    }
}
