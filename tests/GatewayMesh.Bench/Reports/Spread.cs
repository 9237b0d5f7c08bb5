namespace GatewayMesh.Bench.Reports;

/// <summary>Median and range of a value over all rounds.</summary>
internal sealed record Spread(double Median, double Min, double Max)
{
    /// <summary>Returns the spread of values; null without any.</summary>
    public static Spread? Of(IEnumerable<double> values)
    {
        var ascending = values.Order().ToArray();
        return ascending.Length == 0
            ? null
            : new((ascending[(ascending.Length - 1) / 2] + ascending[ascending.Length / 2]) / 2, ascending[0], ascending[^1]);
    }
}
