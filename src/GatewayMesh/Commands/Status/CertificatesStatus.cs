using System.Collections.Immutable;

namespace GatewayMesh.Commands.Status;

/// <summary>The certificates of a node, as it says it.</summary>
/// <param name="Directory">Where they stand.</param>
/// <param name="Identities">One for each identity of the node.</param>
/// <param name="Roots">Whom it believes.</param>
/// <param name="Errors">What is wrong with files and roots.</param>
internal sealed record CertificatesStatus(string Directory, ImmutableArray<CertificateStatus> Identities, ImmutableArray<CertificateStatus> Roots, ImmutableArray<string> Errors);

/// <summary>One certificate.</summary>
/// <param name="Name">The service, or a root's subject.</param>
/// <param name="State"><c>valid</c>, <c>ending</c>, <c>expired</c>, <c>not-yet-valid</c> or <c>missing</c>.</param>
/// <param name="Left">Time until it ends, negative when it has.</param>
/// <param name="Id">The id that it gives; a root's trust domain.</param>
/// <param name="Trouble">Why it cannot be renewed now, or null.</param>
/// <param name="ClientFile">Where certificate and key also stand for applications, or null.</param>
internal sealed record CertificateStatus(string Name, string State, TimeSpan Left, string Id, string? Trouble, string? ClientFile);
