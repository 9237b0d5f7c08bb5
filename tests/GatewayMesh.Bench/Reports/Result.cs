namespace GatewayMesh.Bench.Reports;

/// <summary>A figure with what was measured.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="Values">Spread by deployment.</param>
/// <param name="Compared">Spread of the comparison within each round, or of the value when the figure has no rival.</param>
internal sealed record Result(Figure Figure, IReadOnlyDictionary<string, Spread> Values, Spread? Compared)
{
    /// <summary>True if the median reaches the target; null if it was not measured.</summary>
    public bool? IsMet =>
        Compared is null ? null : Figure.MoreIsBetter ? Compared.Median >= Figure.Target : Compared.Median <= Figure.Target;

    /// <summary>Evaluates a figure.</summary>
    public static Result Of(Figure figure, IEnumerable<Runs.Measurement> measurements)
    {
        var own = measurements.Where(measurement => measurement.Step == figure.Step.Name)
            .Select(measurement => (measurement.Deployment, measurement.Round, Value: figure.Value(measurement)))
            .Where(value => value.Value is not null)
            .Select(value => (value.Deployment, value.Round, Value: value.Value!.Value)).ToList();
        var subject = own.Where(value => value.Deployment == figure.Subject).ToList();
        var compared = figure.Rival is null
            ? subject.Select(value => value.Value)
            : from value in subject
              from rival in own
              where rival.Deployment == figure.Rival && rival.Round == value.Round && rival.Value > 0
              select figure.Comparison.Of(value.Value, rival.Value);
        return new(
            figure,
            own.GroupBy(value => value.Deployment)
                .ToDictionary(group => group.Key, group => Spread.Of(group.Select(value => value.Value))!),
            Spread.Of(compared));
    }
}
