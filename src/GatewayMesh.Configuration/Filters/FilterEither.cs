namespace GatewayMesh.Configuration.Filters;

/// <summary><c>or</c>.</summary>
internal sealed record FilterEither(FilterTerm Left, FilterTerm Right) : FilterTerm
{
    /// <inheritdoc/>
    public override bool Holds(FilterSubject subject) => Left.Holds(subject) || Right.Holds(subject);
}
