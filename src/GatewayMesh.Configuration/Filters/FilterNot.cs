namespace GatewayMesh.Configuration.Filters;

/// <summary><c>not</c>.</summary>
internal sealed record FilterNot(FilterTerm Term) : FilterTerm
{
    /// <inheritdoc/>
    public override bool Holds(FilterSubject subject) => !Term.Holds(subject);
}
