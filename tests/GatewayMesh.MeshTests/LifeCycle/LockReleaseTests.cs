using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>
/// The trimmer of .NET 10 can drop the <c>finally</c> that releases a lock (dotnet/runtime#131088): the method takes the lock and never
/// releases it, and the next thread waits forever. The compiler emits a release for each lock, so each method must contain as many.
/// The native compiler does not use that trimmer; <c>CancelledCallTests</c> cover the native file.
/// </summary>
public sealed class LockReleaseTests
{
    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => field.GetValue(null)).OfType<OpCode>().ToDictionary(code => (int)(ushort)code.Value);

    // Methods that hand the lock to their caller.
    private static readonly HashSet<string> HandOn =
    [
        "Monitor.Enter",
        "Monitor.TryEnter",
        "LockToken..ctor",
        "ConcurrentDictionary`2.AcquireFirstLock",
        "ConcurrentDictionary`2.AcquirePostFirstLock",
        "ConcurrentBag`1.FreezeBag",
    ];

    [Test]
    public void Every_lock_taken_in_the_trimmed_file_is_released()
    {
        var path = TrimmedBuild.Path;
        var bundle = Bundle.Read(path);
        Assert.That(bundle, Is.Not.Null, $"{path} is no single file of managed assemblies: run ./build.sh test");
        var (broken, locks) = (new List<string>(), 0);

        foreach (var (name, content) in bundle!.Files.Where(file => file.Name.EndsWith(".dll", StringComparison.Ordinal)))
        {
            using var image = new PEReader(new MemoryStream(content));
            if (!image.HasMetadata)
            {
                continue;
            }

            var metadata = image.GetMetadataReader();
            foreach (
                var method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(
                    method => method.RelativeVirtualAddress != 0))
            {
                var calls = Calls(metadata, image.GetMethodBody(method.RelativeVirtualAddress).GetILReader()).ToList();
                foreach (var (take, release) in new[] { ("Monitor.Enter", "Monitor.Exit"), ("Lock.EnterScope", "Scope.Dispose") })
                {
                    var (taken, released) = (calls.Count(call => call == take), calls.Count(call => call == release));
                    locks += taken;
                    if (taken > released
                        && $"{TypeOf(metadata, method.GetDeclaringType())}.{metadata.GetString(method.Name)}" is var full
                        && !HandOn.Contains(full))
                    {
                        broken.Add($"{name}: {full} takes {taken} by {take} and releases {released}");
                    }
                }
            }
        }

        Assert.That(locks, Is.GreaterThan(500), "the locks of the framework are seen");
        Assert.That(broken, Is.Empty);
    }

    // Type.Method of each call, without namespaces.
    private static IEnumerable<string> Calls(MetadataReader metadata, BlobReader code)
    {
        var calls = new List<string>();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            var operation = OpCodesByValue[value == 0xFE ? 0xFE00 | code.ReadByte() : value];
            if (operation.OperandType == OperandType.InlineMethod)
            {
                calls.Add(NameOf(metadata, MetadataTokens.EntityHandle(code.ReadInt32())));
                continue;
            }

            var length = operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 * code.ReadInt32(),
                _ => 4,
            };
            code.Offset += length;
        }

        return calls;
    }

    private static string NameOf(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MemberReference:
                var member = metadata.GetMemberReference((MemberReferenceHandle)handle);
                return $"{TypeOf(metadata, member.Parent)}.{metadata.GetString(member.Name)}";
            case HandleKind.MethodDefinition:
                var method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                return $"{TypeOf(metadata, method.GetDeclaringType())}.{metadata.GetString(method.Name)}";
            default:
                return "";
        }
    }

    private static string TypeOf(MetadataReader metadata, EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeReference => metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)handle).Name),
        HandleKind.TypeDefinition => metadata.GetString(metadata.GetTypeDefinition((TypeDefinitionHandle)handle).Name),
        _ => "",
    };
}
