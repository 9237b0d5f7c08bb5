using System.Collections.Immutable;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>An account, as a token proves it.</summary>
/// <param name="Username">Name, such as <c>system:serviceaccount:shop:api</c>.</param>
public sealed record ApiAccount(string Username)
{
    /// <summary>The audience of the API server.</summary>
    public const string ApiAudience = "https://kubernetes.default.svc.cluster.local";

    /// <summary>A request without a token.</summary>
    public static ApiAccount Anonymous { get; } = new("system:anonymous") { Groups = ["system:unauthenticated"] };

    /// <summary>The administrator, who may do everything.</summary>
    public static ApiAccount Admin { get; } =
        new("admin") { Uid = "admin-uid", Groups = ["system:masters", "system:authenticated"] };

    public string Uid { get; init; } = "";

    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Audiences of the token. Default: the API server.</summary>
    public ImmutableArray<string> Audiences { get; init; } = [ApiAudience];

    /// <summary>Further facts, such as the pod to which the token is bound. Default: none.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Extra { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>The account of a ServiceAccount.</summary>
    public static ApiAccount Service(string space, string name, string uid = "") => new($"system:serviceaccount:{space}:{name}")
    {
        Uid = uid,
        Groups = ["system:serviceaccounts", $"system:serviceaccounts:{space}", "system:authenticated"],
    };
}
