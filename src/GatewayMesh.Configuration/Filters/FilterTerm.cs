namespace GatewayMesh.Configuration.Filters;

/// <summary>Part of a filter.</summary>
internal abstract record FilterTerm
{
    /// <summary>Whether it holds for an instance.</summary>
    public abstract bool Holds(FilterSubject subject);
}
