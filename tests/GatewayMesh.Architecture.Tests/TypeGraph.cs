using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace GatewayMesh.Architecture.Tests;

/// <summary>
/// Types that the code of an assembly reaches by base, interface, field, signature, attribute and instruction. Read from its metadata
/// without loading the assembly.
/// </summary>
internal sealed class TypeGraph : IDisposable
{
    private static readonly FrozenDictionary<ushort, OperandType> Operands = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToFrozenDictionary(code => (ushort)code.Value, code => code.OperandType);

    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    public TypeGraph(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
    }

    public void Dispose() => _file.Dispose();

    /// <summary>
    /// Chains <c>type → type → [assembly] type</c> from the types that <paramref name="start"/> accepts to every type of an assembly that
    /// <paramref name="forbidden"/> accepts.
    /// </summary>
    public IReadOnlyList<string> Chains(Func<string, bool> start, Func<string, bool> forbidden)
    {
        var chains = new List<string>();
        var reached = new Dictionary<TypeDefinitionHandle, string>();
        var open = new Queue<TypeDefinitionHandle>();
        foreach (var type in _metadata.TypeDefinitions.Where(type => start(Outermost(type).Namespace)))
        {
            reached[type] = Name(type);
            open.Enqueue(type);
        }

        while (open.TryDequeue(out var type))
        {
            foreach (var used in Uses(type))
            {
                if (used.Kind == HandleKind.TypeDefinition)
                {
                    var next = (TypeDefinitionHandle)used;
                    if (reached.TryAdd(next, reached[type] + " → " + Name(next)))
                    {
                        open.Enqueue(next);
                    }
                }
                else if (AssemblyOf((TypeReferenceHandle)used) is { } assembly && forbidden(assembly))
                {
                    chains.Add($"{reached[type]} → [{assembly}] {Name((TypeReferenceHandle)used)}");
                }
            }
        }

        return chains;
    }

    /// <summary>
    /// Uses <c>type → [assembly] type</c> from the types that <paramref name="start"/> accepts of assemblies that
    /// <paramref name="forbidden"/> accepts, not by way of another type.
    /// </summary>
    public IReadOnlyList<string> AssemblyUses(Func<string, bool> start, Func<string, bool> forbidden) =>
    [
        .. from type in _metadata.TypeDefinitions
           where start(Outermost(type).Namespace)
           from used in Uses(type)
           where used.Kind == HandleKind.TypeReference && AssemblyOf((TypeReferenceHandle)used) is { } assembly && forbidden(assembly)
           select $"{Name(type)} → {Name((TypeReferenceHandle)used)}",
    ];

    /// <summary>
    /// References <c>type → type</c> from the types that <paramref name="start"/> accepts to those that <paramref name="end"/> accepts, by
    /// namespace, not by way of another type.
    /// </summary>
    public IReadOnlyList<string> References(Func<string, bool> start, Func<string, bool> end) =>
    [
        .. from type in _metadata.TypeDefinitions
           where start(Outermost(type).Namespace)
           from used in Uses(type)
           where used.Kind == HandleKind.TypeDefinition && end(Outermost((TypeDefinitionHandle)used).Namespace)
           select $"{Name(type)} → {Name((TypeDefinitionHandle)used)}",
    ];

    /// <summary>
    /// References <c>type → type</c> from the types that <paramref name="start"/> accepts to the type <paramref name="end"/>, by full name,
    /// not by way of another type.
    /// </summary>
    public IReadOnlyList<string> ReferencesTo(Func<string, bool> start, string end) =>
    [
        .. from type in _metadata.TypeDefinitions
           where start(Name(type))
           from used in Uses(type)
           where used.Kind == HandleKind.TypeDefinition && Name((TypeDefinitionHandle)used) == end
           select $"{Name(type)} → {end}",
    ];

    /// <summary>Namespaces of the assembly's own types.</summary>
    public IReadOnlySet<string> Namespaces() =>
        _metadata.TypeDefinitions.Select(type => Outermost(type).Namespace).ToHashSet(StringComparer.Ordinal);

    private HashSet<EntityHandle> Uses(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var uses = new TypeUses(_metadata);
        uses.Add(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            uses.Add(_metadata.GetInterfaceImplementation(implemented).Interface);
        }

        foreach (var nested in type.GetNestedTypes())
        {
            uses.Add(nested);
        }

        foreach (var field in type.GetFields())
        {
            _metadata.GetFieldDefinition(field).DecodeSignature(uses, null);
        }

        foreach (var methodHandle in type.GetMethods())
        {
            var method = _metadata.GetMethodDefinition(methodHandle);
            method.DecodeSignature(uses, null);
            if (method.RelativeVirtualAddress != 0)
            {
                Read(_file.GetMethodBody(method.RelativeVirtualAddress), uses);
            }
        }

        return uses.Found;
    }

    private void Read(MethodBodyBlock body, TypeUses uses)
    {
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(uses, null);
        }

        foreach (var region in body.ExceptionRegions.Where(region => region.Kind == ExceptionRegionKind.Catch))
        {
            uses.Add(region.CatchType);
        }

        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            ushort value = code.ReadByte();
            if (value == 0xFE)
            {
                value = (ushort)(0xFE00 | code.ReadByte());
            }

            switch (Operands[value])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    uses.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                default:
                    code.Offset += 4;
                    break;
            }
        }
    }

    private (string Namespace, string Name) Outermost(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
        {
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        }

        return (_metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }

    private string Name(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var (space, outermost) = Outermost(handle);
        var name = _metadata.GetString(type.Name);
        return name == outermost ? $"{space}.{name}" : $"{space}.{outermost}/{name}";
    }

    private string Name(TypeReferenceHandle handle)
    {
        var type = _metadata.GetTypeReference(handle);
        return $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}";
    }

    private string? AssemblyOf(TypeReferenceHandle handle)
    {
        var scope = _metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.AssemblyReference => _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name),
            HandleKind.TypeReference => AssemblyOf((TypeReferenceHandle)scope),
            _ => null,
        };
    }
}
