namespace StyleTransfer.Studio.Comparing;

/// <summary>Where one contestant stands.</summary>
/// <param name="Strength">On the log scale, 0 is the mean of all: e^(a − b) are the odds that a is preferred to b.</param>
/// <param name="Error">One standard deviation of <paramref name="Strength"/>.</param>
public sealed record Standing(double Strength, double Error);

/// <summary>
/// A ranking from pairs (Bradley and Terry 1952): P(i over j) = 1 ⁄ (1 + e^(s_j − s_i)). A weak normal prior keeps those who never lost
/// at a finite strength with a large error; the errors are those of the posterior's normal approximation.
/// </summary>
public static class BradleyTerry
{
    // Odds of 20 to 1 between two contestants are one deviation away: hardly a constraint once there are a few votes.
    private const double PriorDeviation = 3;
    private const int MostSteps = 100;

    /// <param name="wins">[i, j] is how often i was preferred to j; an equal vote is half a win for each.</param>
    public static IReadOnlyList<Standing> Fit(double[,] wins)
    {
        int count = wins.GetLength(0);
        double[] strengths = new double[count];
        for (int step = 0; step < MostSteps; step++)
        {
            double[] move = Product(Inverse(Curvature(wins, strengths)), Gradient(wins, strengths));
            double length = Math.Sqrt(move.Sum(x => x * x));
            // The log-posterior is concave, but a full step from far away may still overshoot.
            double scale = length > 2 ? 2 / length : 1;
            for (int i = 0; i < count; i++)
            {
                strengths[i] += scale * move[i];
            }

            if (length < 1e-12)
            {
                break;
            }
        }

        double mean = strengths.Length == 0 ? 0 : strengths.Average();
        double[] errors = CentredErrors(Inverse(Curvature(wins, strengths)));
        return [.. strengths.Select((strength, i) => new Standing(strength - mean, errors[i]))];
    }

    private static double[] Gradient(double[,] wins, double[] strengths) =>
    [
        .. strengths.Select((own, i) => strengths
            .Select((other, j) => i == j ? 0 : wins[i, j] - ((wins[i, j] + wins[j, i]) * Chance(own - other)))
            .Sum() - (own / (PriorDeviation * PriorDeviation))),
    ];

    private static double[,] Curvature(double[,] wins, double[] strengths)
    {
        int count = strengths.Length;
        double[,] curvature = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            curvature[i, i] = 1 / (PriorDeviation * PriorDeviation);
        }

        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                if (i != j)
                {
                    double chance = Chance(strengths[i] - strengths[j]);
                    double weight = (wins[i, j] + wins[j, i]) * chance * (1 - chance);
                    curvature[i, i] += weight;
                    curvature[i, j] -= weight;
                }
            }
        }

        return curvature;
    }

    // Only differences are observed: the error is that of the strength less everybody's mean.
    private static double[] CentredErrors(double[,] covariance)
    {
        int count = covariance.GetLength(0);
        double[] rows = [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, count).Average(j => covariance[i, j]))];
        double all = count == 0 ? 0 : rows.Average();
        return [.. Enumerable.Range(0, count).Select(i => Math.Sqrt(Math.Max(0, covariance[i, i] - (2 * rows[i]) + all)))];
    }

    private static double Chance(double difference) => 1 / (1 + Math.Exp(-difference));

    private static double[] Product(double[,] matrix, double[] vector) =>
        [.. vector.Select((_, i) => vector.Select((value, j) => matrix[i, j] * value).Sum())];

    // Gauss and Jordan without pivoting: the prior makes every matrix here positive definite.
    private static double[,] Inverse(double[,] matrix)
    {
        int count = matrix.GetLength(0);
        double[,] left = (double[,])matrix.Clone();
        double[,] right = new double[count, count];
        for (int i = 0; i < count; i++)
        {
            right[i, i] = 1;
        }

        for (int pivot = 0; pivot < count; pivot++)
        {
            double by = left[pivot, pivot];
            for (int j = 0; j < count; j++)
            {
                left[pivot, j] /= by;
                right[pivot, j] /= by;
            }

            for (int i = 0; i < count; i++)
            {
                double factor = left[i, pivot];
                if (i != pivot && factor != 0)
                {
                    for (int j = 0; j < count; j++)
                    {
                        left[i, j] -= factor * left[pivot, j];
                        right[i, j] -= factor * right[pivot, j];
                    }
                }
            }
        }

        return right;
    }
}
