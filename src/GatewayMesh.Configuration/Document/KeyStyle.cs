namespace GatewayMesh.Configuration.Document;

/// <summary>Strictness in reading the keys of a document.</summary>
public enum KeyStyle
{
    /// <summary>Exact case; an unknown key is an error.</summary>
    Exact,

    /// <summary>First letter in either case (<c>Name</c> is <c>name</c>), as in Consul's entries; an unknown key is an error.</summary>
    EitherCase,

    /// <summary>
    /// As <see cref="EitherCase"/>, but unknown keys are ignored: Consul adds keys of its own, and a newer Consul may add more.
    /// </summary>
    EitherCaseLenient,

    /// <summary>Exact case; unknown keys are ignored, since they come from a newer version.</summary>
    Lenient,
}
