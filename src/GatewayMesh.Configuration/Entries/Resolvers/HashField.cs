namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>Where that stands which is hashed.</summary>
public enum HashField
{
    /// <summary><c>header</c>.</summary>
    Header,

    /// <summary><c>cookie</c>.</summary>
    Cookie,

    /// <summary><c>query_parameter</c>.</summary>
    QueryParameter,
}
