namespace GatewayMesh.Configuration.Filters;

/// <summary>A term of a filter.</summary>
internal abstract record FilterTerm
{
    /// <summary>True if the term holds for an instance.</summary>
    public abstract bool Holds(FilterSubject subject);
}
