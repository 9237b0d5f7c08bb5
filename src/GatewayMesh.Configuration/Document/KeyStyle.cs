namespace GatewayMesh.Configuration.Document;

/// <summary>How strictly the keys of a document are read.</summary>
public enum KeyStyle
{
    /// <summary>To the letter; an unknown key is an error.</summary>
    Exact,

    /// <summary>The first letter in either case (<c>Name</c> is <c>name</c>), as Consul's entries are written; an unknown key is an error.</summary>
    EitherCase,

    /// <summary>As <see cref="EitherCase"/>; unknown keys are left aside: they come from Consul, which adds its own, or from a newer one.</summary>
    EitherCaseLenient,

    /// <summary>To the letter; unknown keys are left aside: they come from a newer version.</summary>
    Lenient,
}
