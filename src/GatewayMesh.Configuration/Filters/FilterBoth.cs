namespace GatewayMesh.Configuration.Filters;

/// <summary><c>and</c>.</summary>
internal sealed record FilterBoth(FilterTerm Left, FilterTerm Right) : FilterTerm
{
    /// <inheritdoc/>
    public override bool Holds(FilterSubject subject) => Left.Holds(subject) && Right.Holds(subject);
}
