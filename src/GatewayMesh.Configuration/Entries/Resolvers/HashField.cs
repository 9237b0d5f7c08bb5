namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>Source of the hashed value.</summary>
public enum HashField
{
    /// <summary><c>header</c>.</summary>
    Header,

    /// <summary><c>cookie</c>.</summary>
    Cookie,

    /// <summary><c>query_parameter</c>.</summary>
    QueryParameter,
}
